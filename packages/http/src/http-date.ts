let dateSecond = -1;
let dateText = '';

/** Now, as `Date` wants it (RFC 9110 §5.6.7, §6.6.1); made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
