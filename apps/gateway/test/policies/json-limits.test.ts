import { describe, expect, it } from 'vitest';
import { callOnce, gateWith } from './admit-gate.ts';

describe('limits of JSON', () => {
  it('refuse bodies at the gate, and let the rest through as they came', async () => {
    const bodies: string[] = [];
    const { gate } = await gateWith('{ json-limits: { depth: 3, bytes: 100B } }', (request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        bodies.push(text);
        response.end('ok');
      });
    });
    const send = async (body: string, type = 'application/json'): Promise<string> => {
      const { status, body: said } = await callOnce(gate.port, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      return status === 200 ? '200' : `${status} ${JSON.parse(said).detail}`;
    };
    expect(await send(' {"a": [1, 2e3]} ')).toBe('200');
    expect(await send('{"role":"user","role":"admin"}')).toBe(
      '400 The body names two members of one object alike, at byte 15',
    );
    expect(await send('[[[[]]]]')).toBe('400 The body is nested too deeply, at byte 3');
    expect(await send(`"${'x'.repeat(200)}"`)).toMatch(/^413 /);
    expect(await send('[[[[]]]]', 'text/plain')).toBe('200');
    expect(await send('')).toBe('200');
    expect(bodies).toEqual([' {"a": [1, 2e3]} ', '[[[[]]]]', '']);
  });
});
