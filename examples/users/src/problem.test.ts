import { describe, expect, it } from 'vitest';
import { DocumentNode } from './document-node.ts';
import { PROBLEMS, Problem } from './problem.ts';
import { document } from './testkit/test-service.ts';

describe('the table of problems', () => {
  it('is the list in the document', () => {
    const problem = DocumentNode.root(document.content).child('components')?.child('schemas')?.child('Problem');
    expect(problem?.child('properties')?.child('code')?.value['x-extensible-enum']).toEqual(Object.keys(PROBLEMS));
  });

  it('has statuses of errors only, and a time to retry where a retry may help', () => {
    for (const [code, { status, ...rest }] of Object.entries(PROBLEMS)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      if (status === 503) expect(rest, code).toHaveProperty('retryAfterSeconds');
    }
  });
});

describe('a problem', () => {
  it('has a body as in RFC 9457', () => {
    expect(new Problem('user.not_found').toBody('r1')).toEqual({
      type: 'urn:problem-type:user.not_found',
      title: 'No such user',
      status: 404,
      code: 'user.not_found',
      request_id: 'r1',
    });
  });

  it('adds a detail and faults where it has them', () => {
    const errors = [{ pointer: '/email', detail: 'is required' }];
    const problem = new Problem('request.invalid_body', { detail: 'Look at email.', errors });
    expect(problem.toBody('r1')).toMatchObject({ detail: 'Look at email.', errors });
  });

  it('keeps its cause to itself', () => {
    const problem = new Problem('service.internal', { cause: new Error('secret') });
    expect(JSON.stringify(problem.toBody('r1'))).not.toContain('secret');
    expect(problem.cause).toBeInstanceOf(Error);
  });
});
