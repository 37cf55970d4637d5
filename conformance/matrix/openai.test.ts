import { describeVendor } from '../matrix.ts';
import { OPENAI } from '../vendors/vendor-table.ts';

describeVendor(OPENAI);
