//! The derive macro of `leadsman-sdk`. Use it through the SDK; it refers to the SDK's items.

use proc_macro::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, Result, parse_macro_input};

/// Derives `Facts` for a struct with named fields: each field is read from the attribute named by
/// `#[attribute("company.size")]`, or of its own name without one.
#[proc_macro_derive(Facts, attributes(attribute))]
pub fn derive_facts(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> Result<proc_macro2::TokenStream> {
    let fields = named_fields(input)?;
    let identifiers = fields.iter().map(|field| &field.ident);
    let names = fields.iter().map(attribute_name).collect::<Result<Vec<_>>>()?;
    refuse_duplicates(&names)?;
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        impl #generics ::leadsman_sdk::Facts for #name #arguments #bounds {
            const ATTRIBUTES: &'static [&'static str] = &[#(#names),*];

            fn read(
                values: ::leadsman_sdk::__private::Vec<::core::option::Option<::leadsman_sdk::Value>>,
            ) -> ::leadsman_sdk::__private::Result<Self, ::leadsman_sdk::Failure> {
                let mut values = values.into_iter();
                ::leadsman_sdk::__private::Ok(Self {
                    #(#identifiers: ::leadsman_sdk::__private::take(&mut values, #names)?),*
                })
            }
        }
    })
}

fn named_fields(input: &DeriveInput) -> Result<Vec<Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().cloned().collect()),
            _ => Err(Error::new(
                input.ident.span(),
                "Facts can only be derived for a struct with named fields",
            )),
        },
        _ => Err(Error::new(input.ident.span(), "Facts can only be derived for a struct")),
    }
}

fn attribute_name(field: &Field) -> Result<LitStr> {
    let mut names = field.attrs.iter().filter(|attribute| attribute.path().is_ident("attribute"));
    match (names.next(), names.next()) {
        (_, Some(second)) => Err(Error::new(second.span(), "a field is read from one attribute only")),
        (Some(attribute), None) => {
            let name: LitStr = attribute.parse_args().map_err(|error| {
                Error::new(
                    error.span(),
                    "expected the name of an attribute, such as `#[attribute(\"company.size\")]`",
                )
            })?;
            if name.value().is_empty() {
                return Err(Error::new(name.span(), "the name of an attribute is not empty"));
            }
            Ok(name)
        }
        (None, None) => {
            let name = field.ident.as_ref().map(|ident| ident.to_string()).unwrap_or_default();
            Ok(LitStr::new(name.trim_start_matches("r#"), field.span()))
        }
    }
}

fn refuse_duplicates(names: &[LitStr]) -> Result<()> {
    for (index, name) in names.iter().enumerate() {
        if names[..index].iter().any(|earlier| earlier.value() == name.value()) {
            return Err(Error::new(name.span(), format!("attribute `{}` is read twice", name.value())));
        }
    }
    Ok(())
}
