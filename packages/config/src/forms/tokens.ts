import type { TStringOptions } from 'typebox';
import { meaning, parsedText, type Parse } from './parsed.ts';

const matching =
  (pattern: RegExp, wrong: string): Parse<string> =>
  (text) =>
    pattern.test(text) ? { value: text } : { wrong };

/** Names stand in records, headers, metric labels and counter keys, so they need no escaping anywhere. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const parseName = matching(NAME, 'is not a name, write 1 to 64 letters, digits, . _ or -, a letter or digit first');

export const nameText = (options: TStringOptions) =>
  parsedText(parseName, { title: 'a name', pattern: NAME.source, ...options });

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const parseVariableName = matching(
  VARIABLE_NAME,
  'is not the name of a variable, write 1 to 64 letters, digits or _, no digit first',
);

export const variableNameText = (options: TStringOptions) =>
  parsedText(parseVariableName, { title: 'the name of a variable', pattern: VARIABLE_NAME.source, ...options });

const LABEL = /^[^\p{Cc}]{1,200}$/u;
const parseLabel = matching(LABEL, 'is not a label, write 1 to 200 characters on one line');

export const labelText = (options: TStringOptions) => parsedText(parseLabel, options);

const MODEL_NAME = /^[^\p{Cc}]{1,256}$/u;
const parseModelName = matching(MODEL_NAME, 'is not the name of a model, write 1 to 256 characters on one line');

export const modelNameText = (options: TStringOptions) =>
  parsedText(parseModelName, { title: 'the name of a model', ...options });

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const parseHeaderName = matching(TOKEN, 'is not the name of a header, write letters, digits and -');

export const headerNameText = (options: TStringOptions) =>
  parsedText(parseHeaderName, { title: 'the name of a header', pattern: TOKEN.source, ...options });

const METHOD = /^(?:\*|[A-Za-z]{1,32})$/;
const parseMethodText = matching(METHOD, 'is not a method, write one such as GET, or *');
const parseMethod: Parse<string> = (text) => {
  const result = parseMethodText(text);
  return 'value' in result ? { value: result.value.toUpperCase() } : result;
};

export const methodText = (options: TStringOptions) =>
  parsedText(parseMethod, { title: 'a method', pattern: METHOD.source, examples: ['GET', '*'], ...options });

export const method = (text: string): string => meaning(parseMethod, text);

/** Sent or received in a header as it stands: RFC 9110 §5.5 without spaces and obs-text. A line break from a file of secrets ends here. */
const SECRET = /^[\x21-\x7e]+$/;
const parseSecret = matching(
  SECRET,
  'is empty or holds a space, a line break or a character outside ASCII, write it without',
);

export const secretText = (options: TStringOptions) =>
  parsedText(parseSecret, { title: 'a secret', pattern: SECRET.source, ...options });

const DIGEST = /^[0-9A-Fa-f]{64}$/;
const parseDigest = matching(DIGEST, 'is not a SHA-256, write its 64 hex digits');

export const digestText = (options: TStringOptions) =>
  parsedText(parseDigest, { title: 'a SHA-256', pattern: DIGEST.source, ...options });

/** RFC 7617 §2: no colon and no control character. */
const USERNAME = /^[^\p{Cc}:]{1,200}$/u;
const parseUsername = matching(USERNAME, 'is not a user name, write 1 to 200 characters without a colon');

export const usernameText = (options: TStringOptions) =>
  parsedText(parseUsername, { title: 'a user name', pattern: USERNAME.source, ...options });

const PASSWORD = /^[^\p{Cc}]{1,1000}$/u;
const parsePassword = matching(PASSWORD, 'is not a password, write 1 to 1000 characters on one line');

export const passwordText = (options: TStringOptions) =>
  parsedText(parsePassword, { title: 'a password', pattern: PASSWORD.source, ...options });

/** Compared as it is, character by character. */
const IDENTIFIER = /^[!-~]{1,512}$/;
const parseIdentifier = matching(IDENTIFIER, 'is not an identifier, write 1 to 512 characters of ASCII without spaces');

export const identifierText = (options: TStringOptions) =>
  parsedText(parseIdentifier, { title: 'an identifier', pattern: IDENTIFIER.source, ...options });
