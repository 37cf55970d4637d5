/** RFC 5424 §6 read strictly, and by nothing that writes it. */
const MESSAGE =
  /^<(0|[1-9]\d{0,2})>([1-9]\d{0,2}) (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) (-|[!-~]{1,255}) (-|[!-~]{1,48}) (-|[!-~]{1,128}) (-|[!-~]{1,32}) (-)(?: (.*))?$/s;

export interface SyslogMessage {
  readonly facility: number;
  readonly severity: number;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly process: string;
  readonly id: string;
  readonly text: string;
}

export function parseSyslog(message: string): SyslogMessage {
  const [, priority = '', version, time = '', host = '', app = '', process = '', id = '', , text = ''] =
    MESSAGE.exec(message) ?? [];
  if (version !== '1' || Number(priority) > 191) throw new Error(`no RFC 5424: ${message}`);
  return { facility: Number(priority) >> 3, severity: Number(priority) & 7, time, host, app, process, id, text };
}

/** RFC 6587 §3.4.1: `MSG-LEN SP SYSLOG-MSG`, again and again; what is not whole yet is the rest. */
export function parseFrames(bytes: Buffer): { readonly messages: readonly string[]; readonly rest: Buffer } {
  const messages: string[] = [];
  let at = 0;
  for (;;) {
    const space = bytes.indexOf(' ', at);
    if (space < 0) break;
    const digits = bytes.toString('latin1', at, space);
    if (!/^[1-9]\d*$/.test(digits)) throw new Error(`no length: ${digits}`);
    const end = space + 1 + Number(digits);
    if (end > bytes.length) break;
    messages.push(bytes.toString('utf8', space + 1, end));
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}
