const PARTS_MAX = 1000;

/** Names of the parts of a form (RFC 7578); undefined for what is none. */
export function multipartNames(body: Buffer, contentType: string): ReadonlySet<string> | undefined {
  const found = /;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return undefined;
  const line = Buffer.from(`--${boundary}`);
  const names = new Set<string>();
  let at = body.indexOf(line);
  // RFC 2046 §5.1.1: what stands in front of the first is skipped.
  if (at > 0 && body.toString('latin1', at - 2, at) !== '\r\n') return undefined;
  for (let parts = 0; at >= 0; parts++) {
    const head = at + line.length;
    const after = body.toString('latin1', head, head + 2);
    if (after === '--') return names;
    if (after !== '\r\n' || parts >= PARTS_MAX) return undefined;
    const end = body.indexOf('\r\n\r\n', head);
    const name = end < 0 ? undefined : nameIn(body.toString('utf8', head, end));
    if (name === undefined) return undefined;
    names.add(name);
    const next = body.indexOf(Buffer.concat([CRLF, line]), end + 2);
    at = next < 0 ? -1 : next + 2;
  }
  return undefined;
}

const CRLF = Buffer.from('\r\n');

function nameIn(head: string): string | undefined {
  const disposition = /\r\ncontent-disposition:\s*form-data\s*;([^\r]*)/i.exec(head)?.[1];
  const found = disposition === undefined ? null : /(?:^|;)\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition);
  return found?.[1] ?? found?.[2];
}
