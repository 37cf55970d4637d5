import { describe, expect, it } from 'vitest';
import { geminiCallFromPath, geminiCallPath } from './call-path.ts';

describe('a path of Gemini', () => {
  it.each([
    ['/v1beta/models/gemini-2.5-flash:generateContent', 'gemini-2.5-flash', 'generateContent'],
    ['models/x:countTokens', 'x', 'countTokens'],
    ['/models/x:streamGenerateContent?alt=sse', 'x', 'streamGenerateContent'],
    ['/v1beta/tunedModels/my-own:generateContent', 'tunedModels/my-own', 'generateContent'],
    ['/v1beta/models/models/x:generateContent', 'x', 'generateContent'],
    ['/v1beta/models/models%2Fx:generateContent', 'x', 'generateContent'],
    ['/v1beta/models/openai%2Fgpt-5.6:generateContent', 'openai/gpt-5.6', 'generateContent'],
    ['/v1beta/models/openai/gpt-5.6:generateContent', 'openai/gpt-5.6', 'generateContent'],
    ['/v1beta/models/llama3:8b:generateContent', 'llama3:8b', 'generateContent'],
    ['/v1beta/models/llama3%3A8b:generateContent', 'llama3:8b', 'generateContent'],
    ['/v1beta/models/a%2525b:generateContent', 'a%25b', 'generateContent'],
    ['/v1beta/models/gro%C3%9F%20x:generateContent', 'groß x', 'generateContent'],
    [
      '/v1/projects/p/locations/eu/publishers/google/models/gemini-3-pro@001:countTokens',
      'gemini-3-pro@001',
      'countTokens',
    ],
  ])('%s names %s for %s', (path, model, action) => {
    expect(geminiCallFromPath(path)).toEqual({ model, action });
  });

  it.each([
    '/v1beta/models',
    '/v1beta/models/x',
    '/models/:generateContent',
    '/models/%zz:generateContent',
    '/x:y',
    '',
  ])('%j is no call', (path) => {
    expect(geminiCallFromPath(path)).toBeUndefined();
  });

  it.each([
    ['gemini-3-pro', '/models/gemini-3-pro:generateContent'],
    ['models/gemini-3-pro', '/models/gemini-3-pro:generateContent'],
    ['tunedModels/a b', '/tunedModels/a%20b:generateContent'],
    ['llama3:8b/x', '/models/llama3%3A8b%2Fx:generateContent'],
  ])('of %s is encoded once', (model, path) => {
    expect(geminiCallPath(model, 'generateContent')).toBe(path);
    expect(geminiCallFromPath(path)?.model).toBe(model.replace(/^models\//, ''));
  });
});
