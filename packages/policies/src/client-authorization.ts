/** How a client shows itself to an authorization server: RFC 6749 §2.3.1, where both parts are encoded as forms are. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${formText(clientId)}:${formText(clientSecret)}`).toString('base64')}`;
}

function formText(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
