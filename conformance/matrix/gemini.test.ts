import { describeVendor } from '../matrix.ts';
import { geminiVendor } from '../vendors/gemini.ts';

describeVendor(geminiVendor);
