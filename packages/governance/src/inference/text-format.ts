/* What texts have in common. Narrower than the formats themselves: what is called a date-time here is one to anybody. */

const DATE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$|^\d{4}-(?:0[13-9]|1[0-2])-(?:29|30)$|^\d{4}-(?:0[13578]|1[02])-31$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EMAIL =
  /^[a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,20}){0,3}@(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,5}[a-z]{2,20}$/i;

export type TextFormat = 'date' | 'date-time' | 'uuid' | 'email';

const FORMATS: Readonly<Record<TextFormat, (text: string) => boolean>> = {
  date: (text) => text.length === 10 && DATE.test(text),
  'date-time': (text) =>
    text.length < 50 && text[10] === 'T' && DATE.test(text.slice(0, 10)) && TIME.test(text.slice(11)),
  uuid: (text) => text.length === 36 && UUID.test(text),
  email: (text) => text.length < 200 && EMAIL.test(text),
};

export function formatOf(text: string): TextFormat | undefined {
  return (['date', 'date-time', 'uuid', 'email'] as const).find((name) => FORMATS[name](text));
}
