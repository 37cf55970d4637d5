import { mayCall } from '@gatehouse/ai';
import type { CredentialSpec } from '@gatehouse/config';

/** Undefined where nobody needs a key. */
type Caller = Pick<CredentialSpec, 'models' | 'prompts'> | undefined;

/** Models that the caller may ask for by name. */
export function allowedModels(caller: Caller): readonly string[] | undefined {
  return caller === undefined ? ['*'] : caller.models;
}

/** The prompts that are open to the caller whatever their model, and no others; undefined: it depends on their model. */
function listsPrompt(caller: Caller, prompt: string): boolean | undefined {
  const listed = caller?.prompts;
  return listed && (listed.includes('*') || listed.includes(prompt));
}

/** Whatever version is asked for. */
export function isClosed(caller: Caller, prompt: string): boolean {
  return listsPrompt(caller, prompt) === false;
}

/** A prompt that is listed for an application brings its model along, for calls of that prompt. */
export function mayAsk(caller: Caller, model: string, prompt: string | undefined): boolean {
  const listed = prompt === undefined ? undefined : listsPrompt(caller, prompt);
  return listed ?? mayCall(allowedModels(caller), model);
}
