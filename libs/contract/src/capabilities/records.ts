// Customers, products and orders of an ERP, as a skill sees them.

export interface Customer {
  /** The ERP's own, which never changes. */
  readonly id: string;
  /** What people call it by. */
  readonly number: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

export interface Product {
  readonly id: string;
  readonly code?: string | undefined;
  readonly name: string;
  /** Of one unit, decimal, before anything that is agreed with one customer: `49.90`. */
  readonly price?: string | undefined;
  readonly unit: string;
}

/** quoted: it has been offered. confirmed: the ERP goes on with it, invoices and deliveries come of it. */
export type OrderState = 'draft' | 'quoted' | 'confirmed' | 'done' | 'canceled';

export interface OrderSummary {
  readonly id: string;
  /** What people call it by: its number, or as long as it has none its reference. */
  readonly number: string;
  readonly state: OrderState;
  readonly customer: { readonly id: string; readonly name: string };
  /** Decimal, with taxes. */
  readonly total: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Of the order, `2026-01-01`; a draft may have none. */
  readonly date?: string | undefined;
}

export interface OrderLine {
  /** Of the product; missing for a line of free text. */
  readonly product?: string | undefined;
  readonly name: string;
  readonly quantity: number;
  readonly unit: string;
  readonly unitPrice: string;
  /** Before taxes. */
  readonly amount: string;
}

export interface Order extends OrderSummary {
  readonly lines: OrderLine[];
}

/**
 * Looking into the ERP. All throw SkillError `login-refused` (the ERP does not know the user it was given),
 * `not-allowed` (that user may not see this) or `refused` (the ERP says why), and SwitchboardError `unavailable` when it
 * is away, too slow or answers what cannot be read.
 */
export interface RecordsRead {
  /** At most `max`, those first of which the number, the name or the mail address is exactly this text. */
  findCustomers(text: string, options: { max: number }): Promise<Customer[]>;
  /** At most `max` that can be sold, those first of which the code or the name is exactly this text. */
  findProducts(text: string, options: { max: number }): Promise<Product[]>;
  /** Newest first. `customer` is an id; `open`: neither done nor canceled. */
  findOrders(options: { customer?: string | undefined; open: boolean; max: number }): Promise<OrderSummary[]>;
  /** All, at most ten, that have this number or reference. Throws `too-large` for one of more than 200 lines. */
  orders(number: string): Promise<Order[]>;
  /** The customer that was created under this reference. Also waits for a request that may still be on its way. */
  customerOf(reference: string): Promise<Customer | undefined>;
  /** The order that was drafted under this reference. Also waits for a request that may still be on its way. */
  orderOf(reference: string): Promise<Order | undefined>;
  /** The order as it is; undefined when there is none. Also waits for a confirmation that may still be on its way. */
  settledOrder(id: string): Promise<Order | undefined>;
}

export interface NewCustomer {
  readonly name: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly street?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly city?: string | undefined;
}

export interface NewOrder {
  /** Ids of the customer and the products. */
  readonly customer: string;
  readonly lines: readonly { readonly product: string; readonly quantity: number }[];
  readonly note?: string | undefined;
}

/**
 * Reversible changes in the ERP. `reference` is the idempotency key: what was created under it is returned, and never
 * created again. Throw as RecordsRead does when nothing was done, and SwitchboardError `outcome-unknown` when the
 * connection was lost after the request had gone out and the ERP could not be asked what came of it.
 */
export interface RecordsWrite {
  createCustomer(reference: string, customer: NewCustomer): Promise<Customer>;
  /** Prices and taxes are the ERP's. */
  draftOrder(reference: string, order: NewOrder): Promise<Order>;
}

/** What leaves the house: goods and invoices come of it. */
export interface RecordsExternal {
  /**
   * Confirms an order as it was seen; one that is confirmed already stays so. Throws SkillError `changed` when anything
   * of it is not as it was seen any more, and as RecordsWrite does.
   */
  confirmOrder(seen: Order): Promise<Order>;
}
