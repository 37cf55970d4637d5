import { describeVendor } from '../matrix.ts';
import { cohereVendor } from '../vendors/cohere.ts';

describeVendor(cohereVendor);
