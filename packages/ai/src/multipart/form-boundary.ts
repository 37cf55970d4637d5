/** RFC 2046 §5.1.1; the last character may not be a space. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;
const TYPE = /^multipart\/form-data[\t ]*(?=;|$)/i;
const PARAMETER = /^;[\t ]*([a-z]{1,16})=(?:"([^"\\]{1,70})"|([^\s;"\\]{1,70}))[\t ]*/i;

/** Of a `content-type`; undefined for one that is no form, or whose boundary can be read in two ways. */
export function formBoundary(contentType: string): string | undefined {
  const type = TYPE.exec(contentType)?.[0];
  if (type === undefined) return undefined;
  let boundary: string | undefined;
  let rest = contentType.slice(type.length).trimEnd();
  while (rest !== '') {
    const [whole, name = '', quoted, token] = PARAMETER.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const value = quoted ?? token ?? '';
    if (name.toLowerCase() === 'boundary' && boundary === undefined) boundary = value;
    // Spring says which charset its names have.
    else if (name.toLowerCase() !== 'charset' || value.toLowerCase() !== 'utf-8') return undefined;
    rest = rest.slice(whole.length);
  }
  return boundary !== undefined && BOUNDARY.test(boundary) ? boundary : undefined;
}
