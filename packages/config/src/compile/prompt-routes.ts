import { quote } from '../problems/nearest.ts';
import type { Place } from '../problems/report.ts';
import type { PublishedPromptSpec } from '../prompt-spec.ts';
import type { AiSource } from '../schema/ai-schema.ts';
import type { AiSpec, RouteSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { AI_API } from './ai-paths.ts';
import { routeId, type RouteDraft } from './route-identity.ts';

export interface PromptRoutesInput {
  readonly spec: AiSpec;
  readonly ai: AiSource;
  /** The other AI paths: what a prompt takes of them would be missing there. */
  readonly fixed: readonly RouteDraft[];
}

/** Two routes for each prompt: `POST` runs it, `GET` describes it. */
export function promptRoutes(input: PromptRoutesInput, compilation: Compilation): RouteDraft[] {
  const { spec, ai, fixed } = input;
  const { places, report } = compilation;
  const taken = new Map<string, string>();
  return Object.values(spec.prompts ?? {}).flatMap((prompt) => {
    const { name, path } = prompt;
    const source = ai.prompts[name];
    const written = source !== undefined && places.wrote(source, 'path');
    const place = written ? places.at(source, 'path') : places.key(ai.prompts, name);
    if (DEAD.test(path)) {
      report.problem(
        place,
        `${quote('path')} holds an escaped slash or a semicolon, which no call of a prompt may, leave it out`,
      );
      return [];
    }
    const holder = taken.get(path) ?? fixed.find((draft) => takes(draft.spec.path, path))?.spec.id;
    if (holder !== undefined) {
      const whose = taken.has(path) ? `of the prompt ${quote(holder)}` : `of ${quote(holder)}`;
      report.problem(place, `${quote(path)} is the path ${whose} already, choose another`);
      return [];
    }
    taken.set(path, name);
    return drafts(prompt, { ...input, place, report });
  });
}

/** Spellings that APIs let in by `allow`: a prompt has nothing behind it that would read them. */
const DEAD = /;|%(?:2F|5C)/i;

type DraftInput = PromptRoutesInput & { readonly place: Place; readonly report: RouteDraft['report'] };

function drafts({ name, path }: PublishedPromptSpec, { spec, fixed, place, report }: DraftInput): RouteDraft[] {
  const policies = fixed[0]?.spec.policies ?? [];
  const route = (method: string, wants: 'answer' | 'card'): RouteDraft => {
    const of: RouteSpec = {
      id: routeId({ api: AI_API, method, path, when: undefined }),
      api: AI_API,
      version: '',
      hosts: [],
      method,
      path,
      strip: '',
      when: undefined,
      access: spec.access,
      allow: [],
      policies,
      bodyBytesMax: spec.bodyBytesMax,
      target: { kind: 'prompt', prompt: name, wants },
    };
    return { spec: of, report, place };
  };
  return [route('POST', 'answer'), route('GET', 'card')];
}

/** Whether a pattern takes requests for the path, whatever their method. */
function takes(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const segments = path.split('/');
  if (wanted.at(-1) === '*') {
    wanted.pop();
    segments.length = Math.min(segments.length, wanted.length);
  }
  return (
    wanted.length === segments.length &&
    wanted.every((segment, index) => /^\{.*\}$/.test(segment) || segment === segments[index])
  );
}
