// The records skills, for the manifest of the agent that has an ERP.
import type { Skill } from '@switchboard/contract';
import { contract as confirmOrder } from './confirm-order/contract.ts';
import { handler as confirmOrderHandler } from './confirm-order/handler.ts';
import { contract as createCustomer } from './create-customer/contract.ts';
import { handler as createCustomerHandler } from './create-customer/handler.ts';
import { contract as draftOrder } from './draft-order/contract.ts';
import { handler as draftOrderHandler } from './draft-order/handler.ts';
import { contract as findCustomer } from './find-customer/contract.ts';
import { handler as findCustomerHandler } from './find-customer/handler.ts';
import { contract as findProduct } from './find-product/contract.ts';
import { handler as findProductHandler } from './find-product/handler.ts';
import { contract as listOrders } from './list-orders/contract.ts';
import { handler as listOrdersHandler } from './list-orders/handler.ts';
import { contract as showOrder } from './show-order/contract.ts';
import { handler as showOrderHandler } from './show-order/handler.ts';

export const recordsSkills: readonly Skill[] = [
  { contract: findCustomer, handler: findCustomerHandler },
  { contract: createCustomer, handler: createCustomerHandler },
  { contract: findProduct, handler: findProductHandler },
  { contract: draftOrder, handler: draftOrderHandler },
  { contract: showOrder, handler: showOrderHandler },
  { contract: confirmOrder, handler: confirmOrderHandler },
  { contract: listOrders, handler: listOrdersHandler },
];
