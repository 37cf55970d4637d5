import { expect } from 'vitest';
import type { CallOptions, Reply, TestHouse } from './house.ts';

/** Keeps its cookie as browsers do, and says of itself what pages of ours say. */
export class Browser {
  cookie = '';
  csrf = '';
  readonly #test: TestHouse;

  constructor(test: TestHouse) {
    this.#test = test;
  }

  async call(
    method: Parameters<TestHouse['call']>[0],
    path: string,
    { body, headers = {} }: CallOptions = {},
  ): Promise<Reply> {
    const reply = await this.#test.call(method, path, {
      body,
      token: '',
      headers: {
        ...(this.cookie !== '' && { cookie: this.cookie }),
        'x-gatehouse-csrf': this.csrf,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
    });
    const [given] = [reply.headers['set-cookie']].flat();
    if (typeof given === 'string') this.cookie = given.split(';')[0] ?? '';
    if (typeof reply.body['csrf'] === 'string') this.csrf = reply.body['csrf'];
    return reply;
  }

  async post(path: string, body: unknown = {}): Promise<Reply> {
    return this.call('POST', path, { body });
  }

  async signIn(name: string, password: string, code?: string): Promise<Reply> {
    return this.post('/session', { name, password, ...(code !== undefined && { code }) });
  }
}

export const PASSWORD = 'seven wet badgers';

/** A house with its first administrator, signed in. */
export async function setUpHouse(test: TestHouse, token: string, name = 'root@example.com'): Promise<Browser> {
  const browser = new Browser(test);
  const reply = await browser.post('/setup', { token, name, password: PASSWORD });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return browser;
}

/** Somebody who has chosen a password by an invitation, and signed in with it. */
export async function invitedBrowser(
  test: TestHouse,
  fields: object,
): Promise<{ readonly id: string; readonly browser: Browser }> {
  const made = await test.call('POST', '/users', { body: fields });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id, name } = made.body;
  const ticket = String((await test.call('POST', `/users/${id}/invitation`)).body['path']).split('=')[1];
  const browser = new Browser(test);
  expect((await browser.post('/password-reset/complete', { ticket, password: PASSWORD })).status).toBe(204);
  expect((await browser.signIn(name, PASSWORD)).status).toBe(200);
  return { id, browser };
}
