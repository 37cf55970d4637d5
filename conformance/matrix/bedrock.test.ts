import { describeVendor } from '../matrix.ts';
import { bedrockVendor } from '../vendors/bedrock.ts';

describeVendor(bedrockVendor);
