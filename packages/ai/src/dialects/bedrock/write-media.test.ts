import { describe, expect, it } from 'vitest';
import type { Block } from '../../canonical/chat-request.ts';
import { write } from './__fixtures__/calls.ts';
import { text, user } from './__fixtures__/turns.ts';

describe('documents', () => {
  const document = (name?: string, more: object = {}): Block => ({
    type: 'media',
    kind: 'document',
    ...(name !== undefined && { name }),
    source: { via: 'base64', data: 'JVBERi0=' },
    ...more,
  });
  const namesOf = (...blocks: Block[]): string[] => {
    const { body } = write({ turns: [user(...blocks, text('Read'))] });
    return [...JSON.stringify(body).matchAll(/"name":"([^"]*)"/g)].map(([, name]) => name ?? '');
  };

  it('have legal names, none twice', () => {
    const names = namesOf(
      document('a_b.pdf'),
      document('A b.pdf'),
      document('a b pdf'),
      document(),
      document('ü'),
      document('x'.repeat(300)),
      document('x'.repeat(250)),
    );
    expect(names.slice(0, 5)).toEqual(['a b pdf', 'A b pdf (2)', 'a b pdf (3)', 'document 4', 'document 5']);
    for (const name of names) expect(name).toMatch(/^(?!.* {2})[A-Za-z0-9 ()[\]-]{1,200}$/);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it('keep their title, context and citations', () => {
    const { body } = write({
      turns: [user(document('f.pdf', { title: 'Birds', context: 'c', citations: true }), text('Read'))],
    });
    expect(body['messages']).toMatchObject([
      { content: [{ document: { format: 'pdf', name: 'Birds', context: 'c', citations: { enabled: true } } }, {}] },
    ]);
  });

  it('never stand without text', () => {
    const written = write({ turns: [user(document())] });
    expect(written.body['messages']).toMatchObject([{ content: [{ document: {} }, { text: '(empty)' }] }]);
    expect(written.losses).toEqual(['emulated:document']);
  });

  it.each([
    ['text/csv', 'csv'],
    ['text/x-python', 'txt'],
    ['application/json', 'txt'],
    ['text/markdown; charset=utf-8', 'md'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ])('of type %s are %s', (mime, format) => {
    const { body } = write({
      turns: [user({ type: 'media', kind: 'document', mime, source: { via: 'base64', data: 'YQ==' } }, text('a'))],
    });
    expect(body['messages']).toMatchObject([{ content: [{ document: { format } }, {}] }]);
  });

  it('come from data URLs and from S3', () => {
    const from = (url: string): Block => ({ type: 'media', kind: 'document', source: { via: 'url', url } });
    const { body } = write({ turns: [user(from('data:text/plain,Hi'), from('s3://bucket/a.pdf'), text('a'))] });
    expect(body['messages']).toMatchObject([
      {
        content: [
          { document: { format: 'txt', source: { bytes: 'SGk=' } } },
          { document: { format: 'pdf', source: { s3Location: { uri: 's3://bucket/a.pdf' } } } },
          {},
        ],
      },
    ]);
  });
});
