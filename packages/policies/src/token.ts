/** RFC 9110 §5.6.2, for patterns. */
export const TOKEN_CHAR = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
export const TOKEN = `${TOKEN_CHAR}+`;
