const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a caller as a terminal may show it: controls, escape sequences, characters that turn or hide what follows
 * and halves of characters are spelled out.
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (char) => spell(char.codePointAt(0) ?? 0));
}

function spell(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
