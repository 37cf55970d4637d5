import type { SideEndpoint } from '../providers/provider-row.ts';

/** What the gate must know of one of OpenAI's endpoints beside chat (reference §2.3). */
export interface SideRow {
  /** Below a provider's base. */
  readonly path: string;
  readonly body: 'json' | 'form';
  /** The member that a call cannot be without; a form may have it as a list, `image[]`. */
  readonly needs: string;
  /** Members of text that somebody has written. */
  readonly texts: readonly string[];
  /** The member of JSON that is a text, or a list of them or of parts. */
  readonly judged?: string;
  /** For calls that name none. */
  readonly defaultModel?: string;
  /** `asked`: when the call says `stream`. `always`: bytes that are shown as they come. */
  readonly streams: 'never' | 'asked' | 'always';
  /** The `content-type` that a stream has. */
  readonly streamType: RegExp;
  /** The member that an answer in JSON has; undefined: it may be plain text. */
  readonly answers: string | undefined;
  /** So many tokens an answer has at most, as far as vendors tell: what is set aside for it. */
  readonly outputTokensMax: number;
  /** In which class of tokens the output is counted. */
  readonly makes?: 'outputImage' | 'outputAudio';
  /** About how many tokens a file is counted as: so many each, and one more for so many bytes. Leans to the safe side. */
  readonly fileTokens?: { readonly each: number; readonly bytesPerToken: number };
}

const EVENTS = /^text\/event-stream(?:[\t ]*;|$)/i;
/** What is JSON or a page says why there is no sound. */
const SOUND = /^(?!application\/(?:[\w.]+\+)?json|text\/(?!event-stream))/i;

const IMAGES = {
  needs: 'prompt',
  texts: ['prompt', 'user'],
  streams: 'asked',
  streamType: EVENTS,
  answers: 'data',
  outputTokensMax: 16_384,
  makes: 'outputImage',
} as const;
/** Ten tokens a second (OpenAI) of speech at 32 kbit/s, below which few files go. */
const HEARS = {
  body: 'form',
  needs: 'file',
  texts: ['prompt'],
  streamType: EVENTS,
  answers: undefined,
  outputTokensMax: 16_384,
  fileTokens: { each: 0, bytesPerToken: 400 },
} as const;

export const SIDE_ROWS: Readonly<Record<SideEndpoint, SideRow>> = {
  images: { ...IMAGES, path: '/images/generations', body: 'json' },
  'image-edits': {
    ...IMAGES,
    path: '/images/edits',
    body: 'form',
    needs: 'image',
    // However large a picture is, it is seen at the size of its tiles.
    fileTokens: { each: 6500, bytesPerToken: Infinity },
  },
  transcriptions: { ...HEARS, path: '/audio/transcriptions', streams: 'asked' },
  translations: { ...HEARS, path: '/audio/translations', streams: 'never' },
  speech: {
    path: '/audio/speech',
    body: 'json',
    needs: 'input',
    texts: ['input', 'instructions'],
    streams: 'always',
    streamType: SOUND,
    answers: undefined,
    outputTokensMax: 8192,
    makes: 'outputAudio',
  },
  moderations: {
    path: '/moderations',
    body: 'json',
    needs: 'input',
    texts: [],
    judged: 'input',
    defaultModel: 'omni-moderation-latest',
    streams: 'never',
    streamType: EVENTS,
    answers: 'results',
    outputTokensMax: 0,
  },
};
