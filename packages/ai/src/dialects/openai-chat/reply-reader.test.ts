import { describe, expect, it } from 'vitest';
import { readChatReply, readEmbeddingsReply, REPLY_BYTES_READ_MAX } from './reply-reader.ts';

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const completion = {
  id: 'chatcmpl-CZ1',
  object: 'chat.completion',
  created: 1762500000,
  model: 'gpt-5-mini-2025-08-07',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'The gate is open 🏯', refusal: null, annotations: [] },
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 1129,
    completion_tokens: 138,
    total_tokens: 1267,
    prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 128 },
  },
  service_tier: 'default',
};

describe('readChatReply', () => {
  it('reads model, finish reason and usage', () => {
    expect(readChatReply(bytes(completion))).toEqual({
      model: 'gpt-5-mini-2025-08-07',
      finishReason: 'stop',
      usage: { inputUncached: 105, cacheRead: 1024, outputText: 10, reasoning: 128 },
    });
  });

  it('skips blank lines that keep a connection alive in front of the body', () => {
    expect(readChatReply(bytes(`\n\n\n${JSON.stringify(completion)}`))).toMatchObject({ finishReason: 'stop' });
  });

  it('takes the last finish reason of several choices', () => {
    const choices = [{ finish_reason: 'stop' }, { finish_reason: 'length' }, { finish_reason: null }];
    expect(readChatReply(bytes({ ...completion, choices }))).toMatchObject({ finishReason: 'length' });
  });

  it('knows nothing of what is not there', () => {
    const nothing = { model: undefined, finishReason: undefined, usage: undefined };
    expect(readChatReply(bytes({ choices: [] }))).toEqual(nothing);
    expect(readChatReply(bytes({ model: 7, choices: [], usage: [] }))).toEqual(nothing);
    expect(readChatReply(bytes({ choices: [null, 1] }))).toEqual(nothing);
  });

  it('finds an error that came as a success', () => {
    expect(readChatReply(bytes({ error: { code: 429, message: 'Slow.' } }))).toMatchObject({
      error: { kind: 'rate_limited', status: 429 },
    });
    expect(readChatReply(bytes({ object: 'error', message: 'x', code: 400 }))).toMatchObject({
      error: { kind: 'invalid_request' },
    });
  });

  it('sees no error in a null', () => {
    expect(readChatReply(bytes({ ...completion, error: null }))).toMatchObject({ finishReason: 'stop' });
  });

  it('says that a page or a torn body is no reply', () => {
    for (const body of ['<html>', '', '[]', 'null', JSON.stringify(completion).slice(0, -1)]) {
      expect(readChatReply(bytes(body))).toEqual({ problem: 'The reply is not a JSON object.' });
    }
  });

  it('says that an object without choices is no reply', () => {
    for (const body of [{}, { choices: null, base_resp: { status_code: 1004 } }, { choices: {} }]) {
      expect(readChatReply(bytes(body))).toEqual({ problem: "The reply has no 'choices'." });
    }
  });

  it('does not read what is too large', () => {
    expect(readChatReply(Buffer.alloc(REPLY_BYTES_READ_MAX + 1, ' '))).toHaveProperty('problem');
  });
});

const embeddings = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.0023, -0.0091, 1e-7] }],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 8, total_tokens: 8 },
};

describe('readEmbeddingsReply', () => {
  it('reads model and usage', () => {
    expect(readEmbeddingsReply(bytes(embeddings))).toEqual({
      model: 'text-embedding-3-small',
      finishReason: undefined,
      usage: { inputUncached: 8, outputText: 0 },
    });
  });

  it('reads vectors in base64 alike', () => {
    const data = [{ object: 'embedding', index: 0, embedding: 'AACAPwAAAAA=' }];
    expect(readEmbeddingsReply(bytes({ ...embeddings, data }))).toMatchObject({ usage: { inputUncached: 8 } });
  });

  it('knows nothing of what is not there', () => {
    const nothing = { model: undefined, finishReason: undefined, usage: undefined };
    expect(readEmbeddingsReply(bytes({ data: [] }))).toEqual(nothing);
  });

  it('says that an object without data is no reply', () => {
    for (const body of [{}, { data: null }, { data: {} }, { detail: 'x' }]) {
      expect(readEmbeddingsReply(bytes(body))).toEqual({ problem: "The reply has no 'data'." });
    }
  });

  it('finds an error that came as a success', () => {
    expect(readEmbeddingsReply(bytes({ error: { message: 'x', type: 'server_error' } }))).toMatchObject({
      error: { kind: 'upstream' },
    });
    expect(readEmbeddingsReply(bytes({ object: 'error', code: 503 }))).toMatchObject({ error: { kind: 'overloaded' } });
  });

  it('says what is wrong with a body that is no reply', () => {
    expect(readEmbeddingsReply(bytes('<html>'))).toEqual({ problem: 'The reply is not a JSON object.' });
    expect(readEmbeddingsReply(bytes('{"data":['))).toEqual({ problem: 'The reply is not valid JSON.' });
    expect(readEmbeddingsReply(Buffer.alloc(REPLY_BYTES_READ_MAX + 1))).toHaveProperty('problem');
  });
});
