const MESSAGE_CHARS_MAX = 1000;

/**
 * Keys and accounts must hold a digit or a mask, or parameter names such as `user_metadata` would be blotted out too.
 * Order matters: what names a key or an address as a whole comes before what would cut it in parts.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)]+/gi, '[address]'],
  [/\bBearer\s+\S+/gi, '[key]'],
  [/\b(?:sk|pk|rk|gsk|xai|csk|pplx|nvapi|hf|fw|tgp|key|AIza|AKIA|ASIA)[-_A-Z0-9*](?=[\w*-]*[\d*])[\w*-]{6,}/g, '[key]'],
  [/\b(?:org|proj|acct|user|project|tenant)[-_](?=[A-Za-z]*\d)[A-Za-z0-9]{6,}\b/g, '[account]'],
  [/(?<![\w-])[\w-]*\*{3,}[\w*-]*/g, '[key]'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, '[address]'],
  [/\[[0-9a-f:]*:[0-9a-f:]+\](?::\d{1,5})?/gi, '[address]'],
  [
    /\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:com|ai|net|org|io|dev|cloud|app|internal|local|localdomain|svc|lan)\b(?::\d{1,5})?/gi,
    '[address]',
  ],
  [/\blocalhost(?::\d{1,5})?\b/gi, '[address]'],
];

/**
 * A provider's message in a form that a caller may see: keys, account ids and network addresses are blotted out, also
 * those that the provider had masked in part, and the length is bounded.
 */
export function safeMessage(message: string): string {
  let safe = message.slice(0, MESSAGE_CHARS_MAX).toWellFormed();
  for (const [pattern, label] of SECRETS) safe = safe.replace(pattern, label);
  return safe;
}
