/** Whether a URL names the machine that it is read on: nothing is sent over a network. */
export function isLocalUrl(url: string): boolean {
  return LOCAL.test(url);
}

const LOCAL = /^(?:https?|wss?):\/\/(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])(?:[:/?#]|$)/i;
