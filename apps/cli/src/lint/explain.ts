import { RULES, ruleOf } from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';

/** `gatehouse lint --explain RULE`: what a rule asks, why, and how it looks; without a rule, all of them in a line each. */
export function explained(id: string | true): string {
  if (id === true)
    return RULES.map(({ id: each, severity, summary }) => `${each}  ${severity.padEnd(7)}  ${summary}`).join('\n');
  const rule = ruleOf(id.toUpperCase());
  if (rule === undefined) throw new CommandFailure(`no rule is named ${id}; gatehouse lint --explain lists them`);
  const example = (text: string): string => text.trimEnd().replace(/^/gm, '  ');
  return [
    `${rule.id}  ${rule.summary}`,
    '',
    rule.why,
    '',
    `${rule.severity}, ${rule.axis}, since ${rule.since}`,
    ...(rule.options === undefined
      ? []
      : [
          `options: ${rule.options.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join(', ')}`,
        ]),
    ...(rule.earlier === undefined ? [] : ['', 'before:', example(rule.earlier)]),
    '',
    'not so:',
    example(rule.bad),
    '',
    'but so:',
    example(rule.good),
  ].join('\n');
}
