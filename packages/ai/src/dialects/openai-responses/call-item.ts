import type { Signature } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { Fields } from '../../loose-json.ts';
import { WholeCharacters, type DeltaLine } from './event-lines.ts';
import type { ItemHost, OutputItem } from './output-item.ts';

type OpenCall = Extract<OpenBlock, { readonly type: 'tool_call' }>;

/** A call of one of the caller's tools. */
export class CallItem implements OutputItem {
  /** That came behind the call's beginning. */
  signature: Signature | undefined;
  readonly #call: OpenCall;
  readonly #host: ItemHost;
  readonly #kept: JsonFields;
  readonly #characters = new WholeCharacters();
  readonly #id: string;
  readonly #line: DeltaLine;
  readonly #place: Fields;
  #input = '';

  constructor(call: OpenCall, kept: JsonFields | undefined, host: ItemHost) {
    this.#call = call;
    this.#host = host;
    this.#kept = kept ?? {};
    this.#id = host.idOf(call.itemId, call.custom === true ? 'ctc_' : 'fc_');
    this.#place = { item_id: this.#id, output_index: host.index };
    this.#line = host.lines.deltas(`${this.#events}.delta`, this.#place);
  }

  takes(): boolean {
    return false;
  }

  begin(): string {
    return this.#host.added(this.#item('in_progress'));
  }

  delta(delta: Delta): string {
    if ('signature' in delta) this.signature = delta.signature;
    if (!('input' in delta) || delta.input === '') return '';
    this.#input += delta.input;
    const whole = this.#characters.add(delta.input);
    return whole === '' ? '' : this.#line(whole);
  }

  stop(): string {
    return '';
  }

  /** No arguments are an empty object, unless they were cut off. */
  close(incomplete: boolean): string {
    const empty = this.#input === '' && this.#call.custom !== true && !incomplete;
    const half = this.#characters.end();
    const last = (half === '' ? '' : this.#line(half)) + (empty ? this.delta({ input: '{}' }) : '');
    const { name, custom } = this.#call;
    const said = custom === true ? { input: this.#input } : { name, arguments: this.#input };
    const done = this.#host.lines.event(`${this.#events}.done`, { ...this.#place, ...said });
    // Calls of custom tools know one status only.
    const status = incomplete && custom !== true ? 'incomplete' : 'completed';
    return last + done + this.#host.done(this.#item(status));
  }

  get #events(): string {
    return this.#call.custom === true ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  }

  #item(status: string): Fields {
    const { id, name, custom } = this.#call;
    const input = custom === true ? { input: this.#input } : { arguments: this.#input };
    const type = custom === true ? 'custom_tool_call' : 'function_call';
    return { ...this.#kept, type, id: this.#id, call_id: id, name, ...input, status };
  }
}
