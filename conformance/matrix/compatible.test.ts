import { describeVendor } from '../matrix.ts';
import { COMPATIBLE } from '../vendors/vendor-table.ts';

describeVendor(COMPATIBLE);
