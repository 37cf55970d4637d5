import { ReplyHead, SERVER_LIMITS } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { replyForm, type ReplyForm } from './reply-form.ts';

function form(status: number, line: string, streamAsked: boolean): ReplyForm {
  const head = new ReplyHead(SERVER_LIMITS);
  const lines = line === '' ? '' : `${line}\r\n`;
  expect(head.parse(`HTTP/1.1 ${status} X\r\n${lines}\r\n`, 'POST')).toBeUndefined();
  return replyForm(head, streamAsked ? { type: /^text\/event-stream(?:[\t ]*;|$)/i } : undefined);
}

describe('how a reply is read, when an answer and when a stream is asked for', () => {
  it.each<[number, string, ReplyForm, ReplyForm]>([
    [200, '', 'answer', 'error'],
    [200, 'content-type: application/json', 'answer', 'error'],
    [200, 'content-type: text/html', 'answer', 'error'],
    [200, 'content-type: text/event-stream', 'unreadable', 'stream'],
    [200, 'Content-Type: Text/Event-Stream; charset=utf-8', 'unreadable', 'stream'],
    [200, 'content-type: text/event-stream ;charset=utf-8', 'unreadable', 'stream'],
    [200, 'content-type: text/event-streams', 'answer', 'error'],
    [200, 'content-encoding: Identity', 'answer', 'error'],
    [200, 'content-encoding:', 'answer', 'error'],
    [200, 'content-encoding: gzip', 'unreadable', 'unreadable'],
    [200, 'content-encoding: identity, gzip', 'unreadable', 'unreadable'],
    [500, 'content-encoding: br', 'unreadable', 'unreadable'],
    [204, '', 'error', 'error'],
    [206, 'content-type: application/json', 'error', 'error'],
    [302, 'content-type: text/event-stream', 'error', 'error'],
    [429, 'content-type: application/json', 'error', 'error'],
  ])('%i %s', (status, line, plain, streamed) => {
    expect([form(status, line, false), form(status, line, true)]).toEqual([plain, streamed]);
  });
});
