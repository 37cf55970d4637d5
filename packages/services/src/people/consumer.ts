import type { Entity } from '@gatehouse/store';

/** What somebody may do who came by themselves: with the things of their own team, and what is offered to everybody. */
export function grantsOfConsumer(workspace: Pick<Entity, 'name'>, team: Pick<Entity, 'id'>): readonly object[] {
  return [{ role: 'consumer', workspace: workspace.name, team: team.id }];
}
