from .agreed import AgreedText
from .basket import Basket, BasketLine
from .checkout import Checkout, Contact
from .complaint import Complaint
from .receipt import InvoiceAddress, Paper, Receipt, Series
from .reservation import Line, Reservation, Tap
from .withdrawal import Withdrawal, WithdrawalDeclaration, WithdrawalLine

__all__ = [
    "AgreedText",
    "Basket",
    "BasketLine",
    "Checkout",
    "Complaint",
    "Contact",
    "InvoiceAddress",
    "Line",
    "Paper",
    "Receipt",
    "Reservation",
    "Series",
    "Tap",
    "Withdrawal",
    "WithdrawalDeclaration",
    "WithdrawalLine",
]
