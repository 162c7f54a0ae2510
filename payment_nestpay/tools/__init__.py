"""What can be said about NestPay without a database: signatures, results, the language of its interface."""
