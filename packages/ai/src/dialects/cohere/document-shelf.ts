import type { MediaBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { documentText, taggedDocument } from '../chat-shaped/document-text.ts';
import { present } from '../chat-shaped/present.ts';
import { formOf } from './wire-forms.ts';

/** Gathers the documents of all messages, for which Cohere has one place in the request; they must be text. */
export class DocumentShelf {
  readonly #open: boolean;
  readonly #losses: Losses;
  readonly #items: Json[] = [];

  /** `open`: documents may stand beside what else is asked for; a format of answers forbids them. */
  constructor({ open, losses }: { readonly open: boolean; readonly losses: Losses }) {
    this.#open = open;
    this.#losses = losses;
  }

  get items(): readonly Json[] | undefined {
    return this.#items.length === 0 ? undefined : this.#items;
  }

  /** What has to be said in the message instead, when there is no place on the shelf or `alone` nothing else is said. */
  take(block: MediaBlock, { alone }: { readonly alone: boolean }): JsonFields | undefined {
    const form = formOf(block);
    if (form !== undefined) {
      this.#items.push(form);
      return undefined;
    }
    const text = documentText(block);
    if (text === undefined)
      throw new Untranslatable('The provider of this model takes documents as text only.', 'messages');
    this.#losses.add('emulated', 'document');
    if (!this.#open || alone) return { type: 'text', text: taggedDocument(block, text) };
    const { title, name, context } = block;
    this.#items.push({ data: { ...present({ title: title ?? name, context }), text } });
    return undefined;
  }
}
