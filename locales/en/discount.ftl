## What a coupon takes off
discount-percent = { $percent } off
discount-amount = { $amount } off
discount-free-shipping = Free shipping
