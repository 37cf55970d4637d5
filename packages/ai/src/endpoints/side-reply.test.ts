import { describe, expect, it } from 'vitest';
import { readSideReply } from './side-reply.ts';
import { SIDE_ROWS } from './side-rows.ts';
import { readSideUsage } from './side-usage.ts';

const { images, transcriptions, moderations } = SIDE_ROWS;

describe('an answer of an endpoint beside chat', () => {
  it('tells what was used', () => {
    const body = Buffer.from(
      `{"data":[{"b64_json":"${'A'.repeat(100)}"}],"usage":{"input_tokens":3,"output_tokens":9}}`,
    );
    expect(readSideReply(images, body)).toEqual({
      model: undefined,
      used: { usage: { inputUncached: 3, outputText: 9 }, extras: { outputImage: 9 } },
    });
  });

  it.each([
    ['a picture', images, '{"created":1,"data":[]}'],
    ['a verdict', moderations, '{"id":"1","results":[]}'],
    ['a transcript', transcriptions, '{"text":"x","usage":{"type":"duration","seconds":3}}'],
    ['subtitles', transcriptions, '1\n00:00:00,000'],
  ])('may not tell it: %s', (_, row, body) => {
    expect(readSideReply(row, Buffer.from(body))).toEqual({ model: undefined, used: undefined });
  });

  it.each([
    ['a page', images, '<html>'],
    ['something else', images, '{"results":[]}'],
    ['nothing', transcriptions, ''],
    ['half of it', moderations, '{"results":['],
  ])('is none: %s', (_, row, body) => {
    expect(readSideReply(row, Buffer.from(body))).toEqual({ problem: expect.any(String) });
  });

  it.each([
    ['a page', 'text/html; charset=utf-8', '<!DOCTYPE html><h1>502'],
    ['half of it', 'application/json', '{"text":"hal'],
    ['half of it, under no name', '', ' {"text":"hal'],
  ])('is no transcript: %s', (_, type, body) => {
    expect(readSideReply(transcriptions, Buffer.from(body), type)).toEqual({ problem: expect.any(String) });
  });

  it('is a transcript in plain text, whatever was spoken', () => {
    const body = Buffer.from('{"text": said the man');
    expect(readSideReply(transcriptions, body, 'text/plain')).toEqual({ model: undefined, used: undefined });
  });

  it('reports a failure under a status of success', () => {
    const body = Buffer.from('{"error":{"message":"x","code":"content_policy_violation"}}');
    expect(readSideReply(images, body)).toMatchObject({ error: { kind: 'content_blocked' } });
  });
});

describe('the usage of an endpoint beside chat', () => {
  it.each<[object, unknown, unknown]>([
    [
      images,
      {
        input_tokens: 50,
        input_tokens_details: { text_tokens: 10, image_tokens: 40, cached_tokens: 5 },
        output_tokens: 100,
        output_tokens_details: { image_tokens: 90, text_tokens: 10 },
      },
      { usage: { inputUncached: 45, cacheRead: 5, outputText: 100 }, extras: { inputImage: 40, outputImage: 90 } },
    ],
    [
      transcriptions,
      {
        type: 'tokens',
        input_tokens: 14,
        input_token_details: { text_tokens: 0, audio_tokens: 14 },
        output_tokens: 45,
      },
      { usage: { inputUncached: 14, outputText: 45 }, extras: { inputAudio: 14 } },
    ],
    [
      SIDE_ROWS.speech,
      { input_tokens: 5, output_tokens: 60, total_tokens: 65 },
      { usage: { inputUncached: 5, outputText: 60 }, extras: { outputAudio: 60 } },
    ],
    [
      transcriptions,
      { prompt_tokens: 7, completion_tokens: 2 },
      { usage: { inputUncached: 7, outputText: 2 }, extras: {} },
    ],
    [transcriptions, { type: 'duration', seconds: 3 }, undefined],
    [images, { input_tokens: -1, output_tokens: 'x' }, undefined],
    [images, null, undefined],
    [images, 'x', undefined],
  ])('of %o is read from %j', (row, said, usage) => {
    expect(readSideUsage(row, said)).toEqual(usage);
  });
});
