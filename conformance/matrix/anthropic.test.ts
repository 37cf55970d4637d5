import { describeVendor } from '../matrix.ts';
import { anthropicVendor } from '../vendors/anthropic.ts';

describeVendor(anthropicVendor);
