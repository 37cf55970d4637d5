/** What a path of this dialect says: the model, as callers name it, and what is wanted of it. */
export interface GeminiCall {
  readonly model: string;
  readonly action: string;
}

/**
 * Reads `…/models/x:generateContent`, `…/tunedModels/x:…` and Vertex' longer paths. A name may hold slashes and colons,
 * encoded or not; it is decoded once, and `models/` in front of it says nothing and goes (reference T50).
 */
export function geminiCallFromPath(path: string): GeminiCall | undefined {
  const [bare = ''] = path.split('?', 1);
  const [, collection, encoded, action] = CALL.exec(bare) ?? [];
  if (collection === undefined || encoded === undefined || action === undefined) return undefined;
  const decoded = decodedOnce(encoded);
  if (decoded === undefined) return undefined;
  const model = collection === 'models' ? bareModel(decoded) : `${collection}/${decoded}`;
  return model === '' ? undefined : { model, action };
}

/** Greedy up to the last colon: what is behind it is the action. */
const CALL = /(?:^|\/)(models|tunedModels)\/(.{1,1024}):([A-Za-z]{1,64})$/;

function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function bareModel(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name;
}

/** `models/x`, as bodies name a model. */
export function modelResource(name: string): string {
  return name.startsWith('tunedModels/') ? name : `models/${bareModel(name)}`;
}

/** The path below a provider's base. */
export function geminiCallPath(model: string, action: string): string {
  const [collection = '', ...rest] = modelResource(model).split('/');
  return `/${collection}/${encodeURIComponent(rest.join('/'))}:${action}`;
}
