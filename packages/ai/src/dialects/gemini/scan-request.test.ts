import { describe, expect, it } from 'vitest';
import { scanGeminiRequest } from './scan-request.ts';

const CALL = { model: 'alias', action: 'streamGenerateContent' };
const scan = (text: string): ReturnType<typeof scanGeminiRequest> => scanGeminiRequest(Buffer.from(text), CALL);

describe('a request that passes on in its dialect', () => {
  it('passes untouched', () => {
    const body = Buffer.from(' { "contents" : [ ] , "odd": 1e400 } ');
    const scanned = scanGeminiRequest(body, CALL);
    if ('problem' in scanned) throw new Error(scanned.problem);
    expect(scanned).toMatchObject({ model: 'alias', stream: true });
    expect(scanned.patch('gemini-3-pro')).toBe(body);
  });

  it('may repeat the model of the path, which is then another', () => {
    const scanned = scan('{"model":"models/alias","contents":[]}');
    if ('problem' in scanned) throw new Error(scanned.problem);
    expect(scanned.patch('gemini-3-pro').toString()).toBe('{"model":"models/gemini-3-pro","contents":[]}');
    expect(scanned.patch('alias').toString()).toBe('{"model":"models/alias","contents":[]}');
    expect(scan('{"model":null,"contents":[]}')).toMatchObject({ model: 'alias' });
  });

  it.each([
    ['x', undefined],
    ['[]', undefined],
    ['{"contents":[]} {}', undefined],
    ['{"contents":[],"contents":[]}', undefined],
    ['{"contents":[],"\\u0063ontents":[]}', undefined],
    ['{}', 'contents'],
    ['{"contents":[],"model":"models/other"}', 'model'],
    ['{"contents":[],"model":5}', 'model'],
    ['{"contents":[],"system_instruction":{},"systemInstruction":{}}', 'systemInstruction'],
    ['{"contents":[],"safetySettings":[],"safety_settings":[]}', 'safetySettings'],
  ])('is refused when it is %s', (text, param) => {
    expect(scan(text)).toEqual({ problem: expect.any(String), param });
  });
});
