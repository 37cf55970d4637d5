import { describe, expect, it } from 'vitest';
import { safeMessage } from './safe-message.ts';

describe('safeMessage blots out', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'an API key': ['Key sk-proj-Ab12Cd34Ef56 is wrong.', 'Key [key] is wrong.'],
    'a key that the provider masked': ['Key sk-********wxyz is wrong.', 'Key [key] is wrong.'],
    'a key whose start is masked': ['Key ****1234 is wrong.', 'Key [key] is wrong.'],
    'a Google key': ['Key AIzaSyA1234567890abcdefg is wrong.', 'Key [key] is wrong.'],
    'an AWS key id': [`Token AKIA${'1A'.repeat(8)}.`, 'Token [key].'],
    'a bearer token': ['Sent Bearer eyJhbGciOi.eyJzdWIi.c2ln today', 'Sent [key] today'],
    'an address with a scheme': ['See https://api.vendor.com/v1/x?key=1 now.', 'See [address] now.'],
    'a bare host name': ['Could not reach api.vendor.com now.', 'Could not reach [address] now.'],
    'a host with a port': ['dial llm.models.svc:8000 failed', 'dial [address] failed'],
    'a local host': ['dial localhost:11434 failed', 'dial [address] failed'],
    'an IPv4 address': ['dial tcp 10.0.3.7:443: refused', 'dial tcp [address]: refused'],
    'an IPv6 address': ['dial tcp [fe80::1]:443: refused', 'dial tcp [address]: refused'],
    'an organisation': ['Limit of org-9aB8c7D6e5 reached.', 'Limit of [account] reached.'],
    'a project': ['In proj_9aB8c7D6e5.', 'In [account].'],
  };
  for (const [name, [message, expected]] of Object.entries(cases)) {
    it(name, () => expect(safeMessage(message)).toBe(expected));
  }
});

describe('safeMessage keeps', () => {
  for (const message of [
    "Unsupported parameter: 'user_metadata' is not supported with model gpt-5-mini.",
    "Invalid value for 'messages[0].content[1].image_url.url'.",
    'This model supports at most 128000 tokens, but 200001 were given.',
    "'temperature' must be between 0.0 and 2.0, e.g. 1.5.",
    'Model org/name-7b-instruct:free needs key_points and project_description.',
    'Größe überschritten 🏯',
  ]) {
    it(message, () => expect(safeMessage(message)).toBe(message));
  }
});

describe('safeMessage bounds', () => {
  it('the length', () => expect(safeMessage('x '.repeat(5000))).toHaveLength(1000));

  it('the length without leaving half a character', () => {
    expect(safeMessage(`${'x'.repeat(999)}🏯`).isWellFormed()).toBe(true);
  });

  it('the time for texts made to slow it down', () => {
    for (const unit of ['a.', 'a-', '*', 'sk-', 'key-a', '[:', 'org_', 'https:', 'a1', '1.'])
      safeMessage(unit.repeat(5000));
  });
});
