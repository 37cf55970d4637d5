export { adminApi, type AdminApiOptions } from './admin-api.ts';
