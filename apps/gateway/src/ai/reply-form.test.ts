import { ReplyHead, SERVER_LIMITS } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { replyForm, type ReplyForm } from './reply-form.ts';

type Asked = 'answer' | 'stream' | 'either';

function form(status: number, line: string, asked: Asked): ReplyForm {
  const head = new ReplyHead(SERVER_LIMITS);
  const lines = line === '' ? '' : `${line}\r\n`;
  expect(head.parse(`HTTP/1.1 ${status} X\r\n${lines}\r\n`, 'POST')).toBeUndefined();
  const type = /^text\/event-stream(?:[\t ]*;|$)/i;
  return replyForm(head, asked === 'answer' ? undefined : { type, orAnswer: asked === 'either' });
}

describe('how a reply is read, when an answer, a stream, or a stream if there is one is asked for', () => {
  it.each<[number, string, ReplyForm, ReplyForm, ReplyForm]>([
    [200, '', 'answer', 'error', 'answer'],
    [200, 'content-type: application/json', 'answer', 'error', 'answer'],
    [200, 'content-type: text/html', 'answer', 'error', 'answer'],
    [200, 'content-type: text/event-stream', 'unreadable', 'stream', 'stream'],
    [200, 'Content-Type: Text/Event-Stream; charset=utf-8', 'unreadable', 'stream', 'stream'],
    [200, 'content-type: text/event-stream ;charset=utf-8', 'unreadable', 'stream', 'stream'],
    [200, 'content-type: text/event-streams', 'answer', 'error', 'answer'],
    [200, 'content-encoding: Identity', 'answer', 'error', 'answer'],
    [200, 'content-encoding:', 'answer', 'error', 'answer'],
    [200, 'content-encoding: gzip', 'unreadable', 'unreadable', 'unreadable'],
    [200, 'content-encoding: identity, gzip', 'unreadable', 'unreadable', 'unreadable'],
    [500, 'content-encoding: br', 'unreadable', 'unreadable', 'unreadable'],
    [204, '', 'error', 'error', 'error'],
    [206, 'content-type: application/json', 'error', 'error', 'error'],
    [302, 'content-type: text/event-stream', 'error', 'error', 'error'],
    [429, 'content-type: application/json', 'error', 'error', 'error'],
  ])('%i %s', (status, line, ...forms) => {
    expect((['answer', 'stream', 'either'] as const).map((asked) => form(status, line, asked))).toEqual(forms);
  });
});
