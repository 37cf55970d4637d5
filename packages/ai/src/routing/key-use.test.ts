import { keyMeterContract } from '../testing/key-meter-contract.ts';
import { KeyUse } from './key-use.ts';

keyMeterContract('by one worker', () => (_identity, windowMs) => new KeyUse(windowMs));
