import { describeVendor } from '../matrix.ts';
import { mistralVendor } from '../vendors/mistral.ts';

describeVendor(mistralVendor);
