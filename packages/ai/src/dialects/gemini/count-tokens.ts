import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { CallFacts, Target } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { asCount } from '../../loose-json.ts';
import { modelResource } from './call-path.ts';
import { camelFields, fieldsAt } from './camel-fields.ts';
import { readGeminiRequest } from './read-request.ts';
import { geminiBody } from './write-request.ts';

/** `countTokens` of contents alone, of a whole request, or, as Vertex has it, of a request's members. */
export function readCountRequest(json: Json, facts: CallFacts): ChatRequest {
  if (!isJsonFields(json)) throw new Untranslatable('The body must be an object.');
  const whole = fieldsAt(camelFields(json), 'generateContentRequest');
  return readGeminiRequest(whole ?? json, facts);
}

/** Contents alone are understood everywhere; instructions and tools count only within a whole request. */
export function writeCountRequest(request: ChatRequest, target: Target, losses: Losses): string {
  const { contents, systemInstruction, tools, toolConfig, cachedContent } = geminiBody(request, target, losses);
  const rest = Object.entries({ systemInstruction, tools, toolConfig, cachedContent }).filter(isSaid);
  if (rest.length === 0) return JSON.stringify({ contents });
  const whole = { model: modelResource(target.model), contents, ...Object.fromEntries(rest) };
  return JSON.stringify({ generateContentRequest: whole });
}

function isSaid(member: [string, Json | undefined]): member is [string, Json] {
  return member[1] !== undefined;
}

export function writeCountReply(totalTokens: number): string {
  return JSON.stringify({ totalTokens });
}

/** Undefined when the body counts nothing. */
export function readCountReply(body: Json): number | undefined {
  const fields: JsonFields = isJsonFields(body) ? body : {};
  return asCount(fields['totalTokens']);
}
