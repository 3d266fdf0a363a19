def f():
    "lone \ud800\udfff and \udc00"
