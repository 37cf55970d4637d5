import { describeVendor } from '../matrix.ts';
import { ollamaVendor } from '../vendors/ollama.ts';

describeVendor(ollamaVendor);
