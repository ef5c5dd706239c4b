-- What the later package of the tests brings.
CREATE TABLE public.orders (
    order_id uuid NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (order_id)
);
