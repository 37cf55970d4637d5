import { Type, type Static } from 'typebox';
import { ServiceError } from '../service-error.ts';

const question = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200, description: 'What is asked.' }),
    kind: Type.Optional(Type.Enum(['text', 'number', 'yes-no', 'choice'], { description: '`text`, left out.' })),
    options: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'What there is to choose from, of a `choice`.',
      }),
    ),
    required: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What whoever wants a subscription is asked, by the names of the answers. */
export const formSchema = Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' }), question, {
  additionalProperties: false,
  maxProperties: 50,
  description: 'What an applicant is asked, by the names under which rules of a process know the answers.',
});

type Form = Static<typeof formSchema>;
type Question = Static<typeof question>;

const ANSWER_CHARS_MAX = 10_000;
/** What is wrong with an answer that is there, by the kind of its question. */
const WRONG: Readonly<
  Record<NonNullable<Question['kind']>, (answer: unknown, question: Question) => string | undefined>
> = {
  text: (answer) =>
    typeof answer === 'string' && answer.length <= ANSWER_CHARS_MAX
      ? undefined
      : `is a text of up to ${ANSWER_CHARS_MAX} characters`,
  number: (answer) => (typeof answer === 'number' && Number.isFinite(answer) ? undefined : 'is a number'),
  'yes-no': (answer) => (typeof answer === 'boolean' ? undefined : 'is true or false'),
  choice: (answer, { options = [] }) =>
    typeof answer === 'string' && options.includes(answer) ? undefined : `is one of: ${options.join(', ')}`,
};

/** Throws where a choice has nothing to choose from, and the like. */
export function checkForm(form: Form | undefined): void {
  for (const [name, { kind = 'text', options }] of Object.entries(form ?? {})) {
    if ((kind === 'choice') === (options !== undefined)) continue;
    const why = kind === 'choice' ? 'is a choice and has no options' : 'has options and is no choice';
    throw new ServiceError('admin.invalid', `/form/${name} ${why}`);
  }
}

/** Holds the answers of an applicant against the form of a plan; without one, whatever they say is welcome. */
export function requireAnswers(form: Form | undefined, answers: Readonly<Record<string, unknown>>): void {
  if (form === undefined) return;
  const unasked = Object.keys(answers).find((name) => !Object.hasOwn(form, name));
  if (unasked !== undefined) {
    const names = Object.keys(form).join(', ');
    throw new ServiceError('admin.invalid', `/answers/${unasked} is not asked: ${names}`);
  }
  for (const [name, asked] of Object.entries(form)) {
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    const missing = asked.required === true ? 'is missing' : undefined;
    const wrong = answer === undefined || answer === '' ? missing : WRONG[asked.kind ?? 'text'](answer, asked);
    if (wrong !== undefined)
      throw new ServiceError('admin.invalid', `/answers/${name} ${wrong} (${asked.title})`, { form });
  }
}
