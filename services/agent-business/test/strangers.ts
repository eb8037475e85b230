// Documents that nobody here wrote, as packages of the registry: small, medium, and of several hundred operations.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const trains = require.resolve('@readme/oas-examples/3.1/json/train-travel.json');
export const starTrek = require.resolve('@readme/oas-examples/3.0/json/star-trek.json');
export const github = require.resolve('@octokit/openapi/generated/api.github.com.json');
export const circular = require.resolve('@readme/oas-examples/3.0/json/schema-circular.json');
