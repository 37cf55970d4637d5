import type { Member, Members } from '../../json-scan.ts';
import { scanObject } from '../../json-scan.ts';
import { parseJson } from '../../loose-json.ts';
import type { RequestProblem } from '../openai-chat/request-members.ts';
import { bareModel, modelResource, type GeminiCall } from './call-path.ts';
import { camelCase } from './camel-fields.ts';

/** A call of this dialect that goes on to a provider of the same, as the caller wrote it. */
export interface ScannedGeminiRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The body for another model: as it is, but for a `model` that repeats the path's. */
  patch(model: string): Buffer;
}

/** Reads what routing needs of a call, without building the rest; the path names the model. */
export function scanGeminiRequest(body: Buffer, { model, action }: GeminiCall): ScannedGeminiRequest | RequestProblem {
  const scan = scanObject(body);
  if ('problem' in scan) return { problem: `The request body ${scan.problem}.`, param: undefined };
  const twice = findTwice(scan.members);
  if (twice !== undefined) return { problem: `The request has '${twice}' in two spellings.`, param: twice };
  if (!scan.members.has('contents')) return { problem: "The request has no 'contents'.", param: 'contents' };
  const place = scan.members.get('model');
  if (place !== undefined && !repeats(body, place, model)) {
    return { problem: "'model' must be the model of the path.", param: 'model' };
  }
  return {
    model,
    stream: action === 'streamGenerateContent',
    patch: (wanted) => (place === undefined || wanted === model ? body : withModel(body, place, wanted)),
  };
}

/** Which member is there in camel case and in snake case? Google and the gate could choose differently. */
function findTwice(members: Members): string | undefined {
  for (const name of members.keys()) {
    const camel = camelCase(name);
    if (camel !== name && members.has(camel)) return camel;
  }
  return undefined;
}

function repeats(body: Buffer, { valueStart, valueEnd }: Member, model: string): boolean {
  const said = parseJson(body.toString('utf8', valueStart, valueEnd));
  return said === null || (typeof said === 'string' && bareModel(said) === model);
}

function withModel(body: Buffer, { valueStart, valueEnd }: Member, model: string): Buffer {
  const value = Buffer.from(JSON.stringify(modelResource(model)));
  return Buffer.concat([body.subarray(0, valueStart), value, body.subarray(valueEnd)]);
}
