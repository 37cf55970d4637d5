import { Type } from 'typebox';

export const positiveCount = (description: string) => Type.Integer({ description, minimum: 1 });
