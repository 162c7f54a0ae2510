-- a copy of a database must neither take money nor give it back
UPDATE payment_provider
   SET nestpay_merchant = NULL,
       nestpay_store_key = NULL,
       nestpay_api_user = NULL,
       nestpay_api_password = NULL;
UPDATE payment_transaction
   SET nestpay_next_check = NULL,
       nestpay_void_due = FALSE
 WHERE nestpay_next_check IS NOT NULL
    OR nestpay_void_due;
